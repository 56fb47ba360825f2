/** A WebSocket's opening handshake, as far as it can be judged before anybody is asked (RFC 6455, section 4.2.1). */
import type { FieldValues } from './fields.ts';

/** `version` is answered with the one that there is. */
export type HandshakeJudgement = { readonly kind: 'handshake' | 'malformed' | 'version' };

/** The one version of the protocol. */
export const webSocketVersion = '13';

/** 16 bytes in base64. */
const keyGrammar = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Judges method and fields. Whose page it is and who is logged in is judged elsewhere. */
export function judgeHandshake(method: string, fields: FieldValues): HandshakeJudgement {
  const isUpgrade = optionsOf(fields.get('connection')).includes('upgrade');
  const isWebSocket = optionsOf(fields.get('upgrade')).includes('websocket');
  const hasKey = keyGrammar.test(fields.get('sec-websocket-key') ?? '');
  if (method !== 'GET' || !isUpgrade || !isWebSocket || !hasKey) return { kind: 'malformed' };
  return { kind: fields.get('sec-websocket-version') === webSocketVersion ? 'handshake' : 'version' };
}

function optionsOf(value: string | null): string[] {
  return (value ?? '').split(',').map((option) => option.trim().toLowerCase());
}
