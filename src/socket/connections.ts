import { Injectable, Logger } from '@nestjs/common';
import type { ChatSocket } from '../delivery/chat-socket.js';

type Observer = (userId: string, socket: ChatSocket) => void;

/** Where features hear of authenticated connections coming and going. Observers are quick and own their promises. */
@Injectable()
export class Connections {
  private readonly logger = new Logger(Connections.name);
  private readonly opened: Observer[] = [];
  private readonly closed: Observer[] = [];

  onOpened(observer: Observer): void {
    this.opened.push(observer);
  }

  onClosed(observer: Observer): void {
    this.closed.push(observer);
  }

  announceOpened(userId: string, socket: ChatSocket): void {
    this.tell(this.opened, userId, socket);
  }

  announceClosed(userId: string, socket: ChatSocket): void {
    this.tell(this.closed, userId, socket);
  }

  /** One observer's bug must not keep the others from hearing. */
  private tell(observers: readonly Observer[], userId: string, socket: ChatSocket): void {
    for (const observer of observers) {
      try {
        observer(userId, socket);
      } catch (error) {
        this.logger.error({ err: error }, 'connection observer failed');
      }
    }
  }
}
