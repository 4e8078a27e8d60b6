import type { UploadConfig } from '../config/config.js';

/** What an upload is held to by the store itself, whatever the client sends. */
export interface UploadTerms {
  key: string;
  mimeType: string;
  /** Exactly, bytes. */
  size: number;
}

/** A form that uploads one file: POST to `url` with `fields`, then the file. */
export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

type Sign = (terms: UploadTerms) => Promise<UploadForm>;

/** An S3-compatible store. It is never spoken to: clients upload straight to it, with a form signed here. */
export class ObjectStore {
  private sign: Promise<Sign> | undefined;

  constructor(private readonly config: UploadConfig) {}

  /** @throws when the credentials cannot be had */
  async uploadForm(terms: UploadTerms): Promise<UploadForm> {
    this.sign ??= loadSigner(this.config);
    const sign = await this.sign;
    return sign(terms);
  }

  /** Where clients read an object. */
  addressOf(key: string): string {
    return `${this.config.publicUrl}/${key}`;
  }
}

/** The SDK takes some 20 MB, so a deployment without uploads never loads it. */
async function loadSigner({ bucket, region, endpoint, credentials, expirySeconds }: UploadConfig): Promise<Sign> {
  const [{ S3Client }, { createPresignedPost }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-presigned-post'),
  ]);
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    // A copy: the SDK writes on it where the credentials came from, and the configuration is frozen.
    ...(credentials === null ? {} : { credentials: { ...credentials } }),
  });
  return ({ key, mimeType, size }) =>
    createPresignedPost(client, {
      Bucket: bucket,
      Key: key,
      Expires: expirySeconds,
      // Every field becomes a condition of the signed policy, so none of them can be changed.
      Fields: {
        'Content-Type': mimeType,
        'Content-Disposition': isShown(mimeType) ? 'inline' : 'attachment',
        success_action_status: '201',
      },
      Conditions: [['content-length-range', size, size]],
    });
}

/** What is no picture is saved rather than shown: a page among it, or a drawing with a script, would run on the store's domain. */
function isShown(mimeType: string): boolean {
  return mimeType.startsWith('image/') && !/[+/](?:svg|xml)/.test(mimeType);
}
