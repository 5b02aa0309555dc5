package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// strapi is the version that is measured.
const strapi = "5.54.0"

// strapiFiles are a project with one type of record, whose rules are those of the others. Its pages for administrators are not served,
// and its requests neither logged nor asked for rights: to its advantage.
var strapiFiles = map[string]string{
	"server.js":               `require('@strapi/strapi').createStrapi({appDir: __dirname, distDir: __dirname}).start();`,
	"config/server.js":        `module.exports = () => ({host: process.env.HOST, port: Number(process.env.PORT), app: {keys: ['bench', 'on-loopback']}});`,
	"config/admin.js":         `module.exports = {serveAdminPanel: false, auth: {secret: 'bench'}, apiToken: {salt: 'bench'}, transfer: {token: {salt: 'bench'}}};`,
	"config/database.js":      `module.exports = {connection: {client: 'sqlite', connection: {filename: process.env.FILE}, useNullAsDefault: true}};`,
	"config/middlewares.js":   `module.exports = ['strapi::errors', 'strapi::security', 'strapi::cors', 'strapi::query', 'strapi::body', 'strapi::favicon', 'strapi::public'];`,
	"public/uploads/.gitkeep": "",
	"src/api/notice/content-types/notice/schema.json": `{"kind": "collectionType", "collectionName": "notices", "info": {"singularName": "notice",
	"pluralName": "notices", "displayName": "Notice"}, "options": {"draftAndPublish": false}, "attributes": {
	"name": {"type": "string", "required": true, "maxLength": 200}, "email": {"type": "email", "required": true},
	"people": {"type": "integer", "min": 1, "max": 499}, "day": {"type": "date", "required": true}}}`,
	"src/api/notice/controllers/notice.js": `module.exports = require('@strapi/strapi').factories.createCoreController('api::notice.notice');`,
	"src/api/notice/services/notice.js":    `module.exports = require('@strapi/strapi').factories.createCoreService('api::notice.notice');`,
	"src/api/notice/routes/notice.js": `module.exports = require('@strapi/strapi').factories.createCoreRouter('api::notice.notice',
	{config: {create: {auth: false}, findOne: {auth: false}}});`,
}

// startStrapi installs it from npm outside the repository and starts it. Its SQLite keeps a rollback journal with synchronous=FULL,
// which is SQLite's own default.
func startStrapi(ctx context.Context, o options) (*peer, error) {
	dir := filepath.Join(o.dir, "strapi")
	if err := install(ctx, dir, []string{"@strapi/strapi@" + strapi, "better-sqlite3@12.11.1"}, "better-sqlite3"); err != nil {
		return nil, err
	}
	for name, text := range strapiFiles {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			return nil, err
		}
	}
	data, err := os.MkdirTemp(o.dir, "strapi-data-")
	if err != nil {
		return nil, err
	}
	addr, err := port()
	if err != nil {
		return nil, err
	}
	host, number, _ := strings.Cut(addr, ":")
	p := newPeer(addr)
	p.dir, p.program = dir, []string{"node", "server.js"}
	p.env = append(os.Environ(), "HOST="+host, "PORT="+number, "FILE="+filepath.Join(data, "data.db"), "NODE_ENV=production", "STRAPI_TELEMETRY_DISABLED=true")
	p.path = "/api/notices"
	p.record = map[string]any{"data": map[string]any{"name": "Ida Green", "email": "ida@example.com", "people": 120, "day": "2027-03-01"}}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p, p.awake(time.Minute, func() error { return p.first(identified("documentId")) })
}

// identified finds the name of a record in an answer that has it among its data.
func identified(by string) func(answer map[string]any) any {
	return func(answer map[string]any) any {
		data, _ := answer["data"].(map[string]any)
		return data[by]
	}
}
