/** The Express app: what every request passes, then the contract's endpoints, then the refusals. Pure wiring. */
import cookieParser from 'cookie-parser';
import express, { type Express } from 'express';
import { changePassword } from './endpoints/change-password.ts';
import { docs, docsAsset } from './endpoints/docs.ts';
import { liveness, readiness } from './endpoints/health.ts';
import { jwks } from './endpoints/jwks.ts';
import { login } from './endpoints/login.ts';
import { logout } from './endpoints/logout.ts';
import { logoutAll } from './endpoints/logout-all.ts';
import { changeProfile, me } from './endpoints/me.ts';
import { attach, detach, readAttachment } from './endpoints/notes/attachment.ts';
import { noteEvents } from './endpoints/notes/events.ts';
import { exportNotes } from './endpoints/notes/export.ts';
import { changeNote, deleteNote, readNote } from './endpoints/notes/note.ts';
import { createNote, listNotes } from './endpoints/notes/notes.ts';
import { openApi } from './endpoints/openapi.ts';
import { refresh } from './endpoints/refresh.ts';
import { register } from './endpoints/register.ts';
import { revocations } from './endpoints/revocations.ts';
import { endSession, listSessions } from './endpoints/sessions.ts';
import { verify } from './endpoints/verify.ts';
import { accessLog } from './http/access-log.ts';
import { decodablePath, errorAnswers, nothingHere } from './http/errors.ts';
import { type Handlers, mountEndpoints } from './http/mount.ts';
import { answerHeaders, requestId } from './http/request-id.ts';
import type { Services } from './services.ts';

/** Creates the app; `server.ts` listens with it, tests call it as it is. */
export function createApp(services: Services): Express {
  const app = bareApp();
  app.use(
    requestId(services.newRequestId),
    accessLog(services.logger),
    answerHeaders(services.publicOrigin),
    services.browsers.cors.mark,
  );
  // Nothing looks at what this parses: in proxy mode no cookie counts, in shared-domain mode every twin of one does.
  app.use(decodablePath, cookieParser());
  mountEndpoints(app, handlersOf(services), services.browsers.cors);
  app.use(nothingHere, errorAnswers(services.logger));
  return app;
}

/** Express without what it volunteers: a banner, entity tags, parsed queries, forgiving paths. */
function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  return app;
}

function handlersOf(services: Services): Handlers {
  return {
    register: register(services),
    login: login(services),
    refresh: refresh(services),
    logout: logout(services),
    logoutAll: logoutAll(services),
    verify: verify(services),
    verifyByPost: verify(services),
    me: me(services),
    changeProfile: changeProfile(services),
    changePassword: changePassword(services),
    sessions: listSessions(services),
    endSession: endSession(services),
    revocations: revocations(services),
    notes: listNotes(services),
    createNote: createNote(services),
    exportNotes: exportNotes(services),
    noteEvents: noteEvents(services),
    note: readNote(services),
    changeNote: changeNote(services),
    deleteNote: deleteNote(services),
    attachment: readAttachment(services),
    attach: attach(services),
    detach: detach(services),
    jwks: jwks(services),
    openApi: openApi(services),
    docs: docs(),
    docsAsset: docsAsset(),
    liveness: liveness(),
    readiness: readiness(services),
  };
}
