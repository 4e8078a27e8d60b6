import { Injectable } from '@nestjs/common';

/** Whether this instance wants traffic. Requests on connections that are open already still hear it from `/health/ready`. */
@Injectable()
export class Readiness {
  accepting = true;
}
