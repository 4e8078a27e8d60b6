import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { asyncApiDocument } from './asyncapi.js';
import { openApiDocument } from './openapi.js';
import { indexPage, restPage, socketPage } from './pages.js';

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const own = fileURLToPath(new URL('./assets', import.meta.url));

const assets: Record<string, { folder: string; type: string }> = {
  'docs.css': { folder: own, type: 'text/css; charset=utf-8' },
  'rest.js': { folder: own, type: 'text/javascript; charset=utf-8' },
  'swagger-ui.css': { folder: swaggerUi, type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': { folder: swaggerUi, type: 'text/javascript; charset=utf-8' },
};

const HTML = 'text/html; charset=utf-8';
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Nothing but markup and a style sheet. */
const STATIC_POLICY = `${POLICY}; style-src 'self'`;
/** Swagger UI styles its elements one by one and draws its icons from data; its scripts are files of this service. */
const SWAGGER_POLICY = `${POLICY}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'`;

/** The documents of the protocol: for people at `/docs`, for machines at `/docs/*.json`. Open to all, like the contract. */
@Controller('docs')
export class DocumentsController {
  private asyncApi: ReturnType<typeof asyncApiDocument> | undefined;
  private openApi: ReturnType<typeof openApiDocument> | undefined;

  @Get()
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', STATIC_POLICY)
  index(): string {
    return indexPage();
  }

  @Get('rest')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', SWAGGER_POLICY)
  rest(): string {
    return restPage();
  }

  @Get('socket')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', STATIC_POLICY)
  socket(): string {
    return socketPage(this.asyncApiJson());
  }

  @Get('openapi.json')
  openApiJson(): ReturnType<typeof openApiDocument> {
    this.openApi ??= openApiDocument();
    return this.openApi;
  }

  @Get('asyncapi.json')
  asyncApiJson(): ReturnType<typeof asyncApiDocument> {
    this.asyncApi ??= asyncApiDocument();
    return this.asyncApi;
  }

  @Get('assets/:name')
  @Header('Cache-Control', 'public, max-age=3600')
  @Header('X-Content-Type-Options', 'nosniff')
  asset(@Param('name') name: string): StreamableFile {
    const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (asset === undefined) {
      throw new NotFoundException();
    }
    return new StreamableFile(createReadStream(join(asset.folder, name)), { type: asset.type });
  }
}
