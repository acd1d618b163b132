/** What a picture is, by its own first bytes: PNG, JPEG or WebP, and its size in pixels. Nothing else passes for one. */

export interface PictureFormat {
  mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  /** Of its file's name. */
  extension: 'png' | 'jpg' | 'webp';
  width: number;
  height: number;
}

/** The format of these bytes; undefined for anything that is no such picture. */
export function formatOf(bytes: Buffer): PictureFormat | undefined {
  const png = pngSize(bytes);
  if (png) return { mediaType: 'image/png', extension: 'png', ...png };
  const jpeg = jpegSize(bytes);
  if (jpeg) return { mediaType: 'image/jpeg', extension: 'jpg', ...jpeg };
  const webp = webpSize(bytes);
  return webp && { mediaType: 'image/webp', extension: 'webp', ...webp };
}

type Size = Pick<PictureFormat, 'width' | 'height'>;

const textAt = (bytes: Buffer, start: number, length: number) =>
  bytes.toString('latin1', start, start + length);

/** Signature, then the chunk IHDR, and IEND at the very end. */
function pngSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 45 || textAt(bytes, 0, 8) !== '\x89PNG\r\n\x1a\n') return undefined;
  if (textAt(bytes, 8, 8) !== '\0\0\0\rIHDR' || textAt(bytes, bytes.length - 8, 4) !== 'IEND')
    return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Segments from the start of image to the frame's header, and the end of image as the last marker. */
function jpegSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 20 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  if (bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) return undefined;
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes.readUInt8(at + 1);
    if (bytes.readUInt8(at) !== 0xff) return undefined;
    // Start of frame 0 to 15, but for the tables that share the range.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
    at += 2 + Math.max(bytes.readUInt16BE(at + 2), 2);
  }
  return undefined;
}

/** A RIFF file of just its own length, whose first chunk says the size: extended, lossless or lossy. */
function webpSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 30 || textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP') return undefined;
  if (bytes.readUInt32LE(4) + 8 !== bytes.length) return undefined;
  const chunk = textAt(bytes, 12, 4);
  if (chunk === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  if (chunk === 'VP8L' && bytes.readUInt8(20) === 0x2f) {
    const packed = bytes.readUInt32LE(21);
    return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
  }
  if (chunk !== 'VP8 ' || bytes.readUIntBE(23, 3) !== 0x9d012a) return undefined;
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}
