// Written by `make client`, from the types of the app.

/** What each operation takes and responds with: by path, method, and the status of errors. */
export type Contract = {
  '/email-verifications/:token': {
    $put: {
      input: {
        param: {
          token: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        404: 'not_found'
        409: 'conflict'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/health': {
    $get: {
      input: object
      success: {
        output: {
          status: string
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/me': {
    $delete: {
      input: object
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'insufficient_user_authentication' | 'unauthenticated'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $get: {
      input: object
      success: {
        output: {
          id: number
          username: string
          email: string | null
          emailVerified: boolean
          suspended: boolean
          createdAt: string
          updatedAt: string
          role: 'admin' | 'user'
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        401: 'unauthenticated'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $patch: {
      input: {
        json: {
          username?: string | undefined
          email?: string | null | undefined
          role?: 'admin' | 'user' | undefined
          suspended?: boolean | undefined
        }
      }
      success: {
        output: {
          id: number
          username: string
          email: string | null
          emailVerified: boolean
          suspended: boolean
          createdAt: string
          updatedAt: string
          role: 'admin' | 'user'
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        400: 'malformed'
        401: 'insufficient_user_authentication' | 'unauthenticated'
        403: 'forbidden'
        408: 'body_timeout'
        409: 'conflict'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/me/email-verification': {
    $post: {
      input: object
      success: {
        output: null
        outputFormat: 'body'
        status: 202
      }
      errors: {
        401: 'unauthenticated'
        409: 'conflict'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/me/export': {
    $get: {
      input: object
      success: {
        output: {
          user: {
            id: number
            username: string
            email: string | null
            emailVerified: boolean
            suspended: boolean
            createdAt: string
            updatedAt: string
            role: 'admin' | 'user'
          }
          sessions: {
            id: number
            userAgent: string | null
            ip: string | null
            createdAt: string
            lastUsedAt: string
            current: boolean
          }[]
          places: {
            block: string
            expiresAt: string
          }[]
          mails: {
            kind: 'email_changed' | 'email_verification' | 'password_reset'
            address: string
            createdAt: string
          }[]
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        401: 'unauthenticated'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/me/password': {
    $put: {
      input: {
        json: {
          currentPassword: string
          newPassword: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        400: 'malformed'
        401: 'insufficient_user_authentication' | 'unauthenticated'
        408: 'body_timeout'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        429: 'too_many_attempts'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/password-resets': {
    $post: {
      input: {
        json: {
          username: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 202
      }
      errors: {
        400: 'malformed'
        408: 'body_timeout'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        429: 'too_many_attempts'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/password-resets/:token': {
    $put: {
      input: {
        param: {
          token: string
        }
      } & {
        json: {
          newPassword: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        400: 'malformed'
        404: 'not_found'
        408: 'body_timeout'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        429: 'too_many_attempts'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/ready': {
    $get: {
      input: object
      success: {
        output: {
          status: string
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/sessions': {
    $delete: {
      input: object
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'unauthenticated'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $get: {
      input: {
        query: {
          limit?: string | undefined
          cursor?: string | undefined
          sort?: '-id' | undefined
        }
      }
      success: {
        output: {
          items: {
            id: number
            userAgent: string | null
            ip: string | null
            createdAt: string
            lastUsedAt: string
            current: boolean
          }[]
          nextCursor: string | null
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        401: 'unauthenticated'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $post: {
      input: {
        json: {
          username: string
          password: string
        }
      }
      success: {
        output: {
          token: string
          expiresAt: string
          user: {
            id: number
            username: string
            email: string | null
            emailVerified: boolean
            suspended: boolean
            createdAt: string
            updatedAt: string
            role: 'admin' | 'user'
          }
        }
        outputFormat: 'json'
        status: 201
      }
      errors: {
        400: 'malformed'
        401: 'bad_credentials'
        403: 'suspended'
        408: 'body_timeout'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        429: 'too_many_attempts'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/sessions/:id': {
    $delete: {
      input: {
        param: {
          id: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'unauthenticated'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/sessions/current': {
    $delete: {
      input: object
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'unauthenticated'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/sessions/current/confirmation': {
    $post: {
      input: {
        json: {
          password: string
        }
      }
      success: {
        output: {
          token: string
          expiresAt: string
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        400: 'malformed'
        401: 'unauthenticated'
        408: 'body_timeout'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        429: 'too_many_attempts'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/users': {
    $get: {
      input: {
        query: {
          limit?: string | undefined
          cursor?: string | undefined
          sort?: '-createdAt' | '-id' | '-username' | 'createdAt' | 'id' | 'username' | undefined
          q?: string | undefined
          email?: string | undefined
          role?: 'admin' | 'user' | undefined
          suspended?: 'false' | 'true' | undefined
        }
      }
      success: {
        output: {
          items: {
            id: number
            username: string
            email: string | null
            emailVerified: boolean
            suspended: boolean
            createdAt: string
            updatedAt: string
            role: 'admin' | 'user'
          }[]
          nextCursor: string | null
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        401: 'unauthenticated'
        403: 'forbidden'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $post: {
      input: {
        json: {
          username: string
          email?: string | null | undefined
          password?: string | undefined
          role?: 'admin' | 'user' | undefined
        }
      }
      success: {
        output: {
          id: number
          username: string
          email: string | null
          emailVerified: boolean
          suspended: boolean
          createdAt: string
          updatedAt: string
          role: 'admin' | 'user'
        }
        outputFormat: 'json'
        status: 201
      }
      errors: {
        400: 'malformed'
        401: 'insufficient_user_authentication' | 'unauthenticated'
        403: 'registration_closed'
        408: 'body_timeout'
        409: 'conflict'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        429: 'too_many_attempts'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/users/:id': {
    $delete: {
      input: {
        param: {
          id: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'insufficient_user_authentication' | 'unauthenticated'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $get: {
      input: {
        param: {
          id: string
        }
      }
      success: {
        output: {
          id: number
          username: string
          email: string | null
          emailVerified: boolean
          suspended: boolean
          createdAt: string
          updatedAt: string
          role: 'admin' | 'user'
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        401: 'unauthenticated'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $patch: {
      input: {
        param: {
          id: string
        }
      } & {
        json: {
          username?: string | undefined
          email?: string | null | undefined
          role?: 'admin' | 'user' | undefined
          suspended?: boolean | undefined
        }
      }
      success: {
        output: {
          id: number
          username: string
          email: string | null
          emailVerified: boolean
          suspended: boolean
          createdAt: string
          updatedAt: string
          role: 'admin' | 'user'
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        400: 'malformed'
        401: 'insufficient_user_authentication' | 'unauthenticated'
        403: 'forbidden'
        404: 'not_found'
        408: 'body_timeout'
        409: 'conflict'
        413: 'too_large'
        415: 'unsupported_media_type'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/users/:id/password-reset': {
    $post: {
      input: {
        param: {
          id: string
        }
      }
      success: {
        output: {
          token: string
          expiresAt: string
        }
        outputFormat: 'json'
        status: 201
      }
      errors: {
        401: 'insufficient_user_authentication' | 'unauthenticated'
        403: 'forbidden'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/users/:id/sessions': {
    $delete: {
      input: {
        param: {
          id: string
        } & {
          [x: string]: string
          [x: number]: string
          [x: symbol]: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'unauthenticated'
        403: 'forbidden'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
    $get: {
      input: {
        param: {
          id: string
        } & {
          [x: string]: string
          [x: number]: string
          [x: symbol]: string
        }
        query: {
          limit?: string | undefined
          cursor?: string | undefined
          sort?: '-id' | undefined
        }
      }
      success: {
        output: {
          items: {
            id: number
            userAgent: string | null
            ip: string | null
            createdAt: string
            lastUsedAt: string
            current: boolean
          }[]
          nextCursor: string | null
        }
        outputFormat: 'json'
        status: 200
      }
      errors: {
        401: 'unauthenticated'
        403: 'forbidden'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
  '/users/:id/sessions/:sessionId': {
    $delete: {
      input: {
        param: {
          id: string
          sessionId: string
        } & {
          [x: string]: string
          [x: number]: string
          [x: symbol]: string
        }
      }
      success: {
        output: null
        outputFormat: 'body'
        status: 204
      }
      errors: {
        401: 'unauthenticated'
        403: 'forbidden'
        404: 'not_found'
        422: 'invalid'
        503: 'misconfigured' | 'unavailable'
      }
    }
  }
}
