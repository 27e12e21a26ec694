/** Version of the application, from `server/version.py`, put in by the build. */
declare const __APP_VERSION__: string
