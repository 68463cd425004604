/** The numbers of the zip format. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */

export const LOCAL_HEADER = 0x04034b50;
export const DESCRIPTOR = 0x08074b50;
export const CENTRAL_HEADER = 0x02014b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const END64_LOCATOR = 0x07064b50;

export const LOCAL_HEADER_BYTES = 30;
export const CENTRAL_HEADER_BYTES = 46;
export const END_BYTES = 22;
export const END64_BYTES = 56;
export const END64_LOCATOR_BYTES = 20;

export const STORED = 0;
export const DEFLATED = 8;

/** A field of 32 bits that is full refers to one of 64 bits elsewhere. */
export const FULL32 = 0xffffffff;
export const FULL16 = 0xffff;
/** The tag of the extra field with numbers of 64 bits. */
export const EXTRA64 = 1;
