/**
 * Something may be done `burst` times at once, and then once every `pace` seconds: in any hour at most `burst` + 3,600 / `pace`
 * times. A right password gives its own attempt back; where the limit is `isForgiven`, it forgives all attempts.
 */
export type Limit = { burst: number; pace: number; isForgiven?: true }

/*
 * One account's password is compared at most 99 times in any hour, by whoever and from however many addresses: 61 times from
 * places that are new to the account, 38 times from known ones and by its sessions (NIST SP 800-63B-4, section 3.2.2, allows
 * 100 failures in a row). One place can use up neither number, so that it locks nobody else out.
 */

/** Comparisons of one account's password from one place: its own share. */
const OF_PLACE: Limit = { burst: 10, pace: 240, isForgiven: true }

/** Comparisons of one account's password from all places together that are new to it. */
const FROM_NEW_PLACES: Limit = { burst: 25, pace: 100 }

/** Comparisons of one account's password from all places together that the account knows, and by its sessions. */
const FROM_KNOWN_PLACES: Limit = { burst: 20, pace: 200 }

/** All that is limited: for each action, what it is charged to. An address counts as its block (`address.ts`). */
export const LIMITS = {
  /** An office behind one address signs in on the same morning; right passwords are given back. */
  signIn: {
    address: { burst: 60, pace: 1 },
    place: OF_PLACE,
    newPlaces: FROM_NEW_PLACES,
    knownPlaces: FROM_KNOWN_PLACES,
  },
  /** The current password, by the holder of a session. No stranger can use up these. */
  ownPassword: { session: OF_PLACE, knownPlaces: FROM_KNOWN_PLACES },
  /** A class or a small office at once, and then 180 an hour. */
  register: { address: { burst: 30, pace: 20 } },
  /** Requests for a new password, and attempts to use a token. The outbox limits the mails that follow. */
  reset: { address: { burst: 20, pace: 30 } },
} as const satisfies Record<string, Record<string, Limit>>

/** An account knows a place for this long after the last sign-in from there. */
export const KNOWN_PLACE_DAYS = 400

/** How many places an account knows at most; the one that was not used for the longest time goes first. */
export const MOST_KNOWN_PLACES = 50
