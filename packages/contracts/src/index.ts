/** What crosses the wire between browser, BFF and API, in the order of a session's life. */
export { type LoginRequest, loginRequest, type RegisterRequest, registerRequest } from './credentials.ts';
export { canonicalEmail, email } from './email.ts';
export { newPassword, type PasswordChange, passwordChange, presentedPassword } from './password.ts';
export { type User, user, userName } from './user.ts';
export { type SessionSummary, sessionSummary } from './session.ts';
export { type TokenAnswer, tokenAnswer } from './token-answer.ts';
export {
  type AccessTokenClaims,
  accessTokenClaims,
  accessTokenType,
  type SessionClaims,
  sessionClaims,
} from './access-token.ts';
export { type RefreshRequest, refreshRequest } from './refresh.ts';
export { type MessageAnswer, messageAnswer } from './message.ts';
export { type LogoutRequest, logoutAnswer, logoutRequest } from './logout.ts';
export { verifyAnswer, verifyRefusal } from './verify.ts';
export { meAnswer, type ProfileChange, profileChange } from './me.ts';
export {
  type SessionEntry,
  type SessionsAnswer,
  sessionEntry,
  sessionsAnswer,
} from './sessions.ts';
export {
  type Revocation,
  type RevocationsAnswer,
  revocation,
  revocationEvent,
  revocationsAnswer,
} from './revocation.ts';
export {
  type Attachment,
  type AttachmentQuery,
  attachment,
  attachmentAnswer,
  attachmentQuery,
  type Note,
  type NoteChange,
  type NoteDraft,
  type NoteEvent,
  type NotesAnswer,
  type NotesQuery,
  note,
  noteAnswer,
  noteChange,
  noteDraft,
  noteEvents,
  noteLimits,
  notesAnswer,
  notesQuery,
} from './notes.ts';
export { jwks } from './jwks.ts';
export { type OpenApiDocument, openApiDocument } from './open-api.ts';
export { healthAnswer } from './health.ts';
export { type SessionReport, sessionReport, signedInAnswer, signedOutAnswer } from './browser.ts';
export {
  type ErrorBody,
  type ErrorCode,
  errorBody,
  errorCodes,
  errorTable,
  type FieldError,
  fieldErrors,
} from './errors.ts';
export { headers, isRequestId } from './headers.ts';
export { type ApiEndpoint, apiEndpoints, type StreamOf } from './endpoints.ts';
export { apiErrorCodes, refusalsOf } from './refusals.ts';
