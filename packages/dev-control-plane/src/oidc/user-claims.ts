import type {SeedUser} from '../seed/seed.js'

/** Where a client can learn the person's e-mail address. */
export type EmailIn = 'id_token' | 'userinfo' | 'nowhere'

export interface UserClaims {
  [claim: string]: string | boolean | undefined
  sub: string
  name: string
  email?: string
  email_verified?: boolean
}

/** Claims about a person in one place; an ID token that names the e-mail implies that userinfo does too. */
export function userClaims({id, name, email}: SeedUser, use: 'id_token' | 'userinfo', emailIn: EmailIn): UserClaims {
  const isShown = emailIn === 'id_token' || (emailIn === 'userinfo' && use === 'userinfo')
  return {sub: id, name, ...(isShown ? {email, email_verified: true} : {})}
}
