/** Python's strings as pickles have them: UTF-8 that may hold halves of surrogate pairs. */
import { UnpicklingError } from '../errors';

const LONE_SURROGATE = /\p{Surrogate}/u;
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a string. */
export function encodeText(text: string): Buffer {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text, 'utf8');
  const parts = [...text].map((character) => {
    const code = character.codePointAt(0) as number;
    return LONE_SURROGATE.test(character)
      ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)])
      : Buffer.from(character, 'utf8');
  });
  return Buffer.concat(parts);
}

/** The string of bytes. Throws an UnpicklingError if they are no UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    return decodeSurrogates(bytes);
  }
}

/** UTF-8 has no surrogates, but Python writes them as if it had. */
function decodeSurrogates(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  for (let i = 0; i + 2 < bytes.length; i++) {
    const [first, second, third] = [bytes[i], bytes[i + 1], bytes[i + 2]] as [number, number, number];
    if (first !== 0xed || second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    text += decodeStrictly(bytes.subarray(start, i));
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    start = i + 3;
    i += 2;
  }
  return text + decodeStrictly(bytes.subarray(start));
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    throw new UnpicklingError('a string in the pickle is not valid UTF-8');
  }
}
