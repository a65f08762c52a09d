export {AuthError, type AuthErrorCode, EXIT_CODES, type Suggestion} from './errors.js'
