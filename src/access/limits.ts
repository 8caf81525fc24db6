/** Something may be done `burst` times at once, and then once every `pace` seconds. */
export type Limit = { burst: number; pace: number }

/** Attempts to sign in from one address: an office behind one address signs in on the same morning. */
export const SIGN_INS_OF_ADDRESS: Limit = { burst: 60, pace: 1 }

/** Passwords that are tried for one account: at most 2,890 a day (OWASP Authentication Cheat Sheet, login throttling). */
export const PASSWORDS_OF_ACCOUNT: Limit = { burst: 10, pace: 30 }

/** Registrations from one address: a class or a small office at once, and then 180 an hour. */
export const REGISTRATIONS_OF_ADDRESS: Limit = { burst: 30, pace: 20 }
