import { z } from 'zod';
import { storableText } from './identifiers.js';
import { ATTACHMENT_URL_MAX } from './limits.js';

/** Separators would make the name a path, and direction marks show `gpj.exe` as `exe.jpg`. */
const NO_FILE_NAME = /[\p{Cc}/\\\u202a-\u202e\u2066-\u2069]/u;

export const FileName = storableText
  .min(1, 'is empty')
  .max(255, 'is longer than 255 characters')
  .refine((name) => !NO_FILE_NAME.test(name), { message: 'has a character that no file name has' })
  .meta({ description: 'The name people see, without a path', examples: ['table.jpg'] });

export const MimeType = z
  .string()
  .max(127, 'is longer than 127 characters')
  .toLowerCase()
  .regex(/^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/, 'is no MIME type without parameters')
  .meta({ description: 'MIME type, without parameters', examples: ['image/jpeg'] });

export const FileSize = z.int().positive().describe('Bytes');

/** A file by its address. Which hosts, types and sizes are allowed is the deployment's to say. */
export const Attachment = z
  .object({
    url: z
      .string()
      .max(ATTACHMENT_URL_MAX, `is longer than ${ATTACHMENT_URL_MAX} characters`)
      .refine((text) => URL.canParse(text), { message: 'is no URL' })
      .meta({ examples: ['https://files.example/table.jpg'] }),
    name: FileName,
    size: z.int().nonnegative().describe('Bytes; 0 where the sender could not tell'),
    mimeType: MimeType,
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof Attachment>;
