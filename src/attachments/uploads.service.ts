import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, type CommandData, type CommandPayload } from '../contract/index.js';
import { Membership } from '../members/membership.js';
import { admitFile } from './attachment-policy.js';
import { objectKey } from './object-key.js';
import { ObjectStore, type UploadForm, type UploadTerms } from './object-store.js';

const CREATE = 'create upload';

/** Lets members upload the files that they are going to attach. */
@Injectable()
export class UploadsService {
  private readonly store: ObjectStore | null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly membership: Membership,
  ) {
    this.store = config.uploads === null ? null : new ObjectStore(config.uploads);
  }

  /**
   * A form for one file of exactly the announced type and size. Nothing is kept of it here: what is never uploaded leaves
   * nothing behind, and what is never attached is for the bucket's own rules to clear away.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `BLOCKED`, `CHAT_CLOSED`, `UPLOADS_DISABLED`, `ATTACHMENT_REFUSED`, `UNAVAILABLE`
   */
  async create(
    userId: string,
    { chatId, name, mimeType, size }: CommandPayload<'upload:create'>,
  ): Promise<CommandData<'upload:create'>> {
    await this.membership.requireWriter(chatId, userId, CREATE);
    await this.membership.requireOpen(chatId, CREATE);
    if (this.store === null || this.config.uploads === null) {
      throw new ChatError('UPLOADS_DISABLED', CREATE, 'there is no store here; attach files by their address');
    }
    admitFile({ mimeType, size }, this.config.attachments, CREATE);
    const key = objectKey(chatId, randomUUID(), name);
    // In whole seconds, as the policy has it, and from before it is signed: never later than the store will think.
    const expiresAt = new Date((Math.floor(Date.now() / 1_000) + this.config.uploads.expirySeconds) * 1_000);
    const { url, fields } = await this.form(this.store, { key, mimeType, size });
    return { url, fields, fileUrl: this.store.addressOf(key), expiresAt: expiresAt.toISOString() };
  }

  private async form(store: ObjectStore, terms: UploadTerms): Promise<UploadForm> {
    try {
      return await store.uploadForm(terms);
    } catch (cause) {
      throw new ChatError('UNAVAILABLE', CREATE, 'the upload cannot be signed now; try again soon', { cause });
    }
  }
}
