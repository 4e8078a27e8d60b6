import { Injectable } from '@nestjs/common';

/** Whether this instance wants traffic. Load balancers hear it from `/health/ready` before the port closes. */
@Injectable()
export class Readiness {
  accepting = true;
}
