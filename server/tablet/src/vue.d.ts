/* For the linter, which reads TypeScript only; the checker of types (vue-tsc) sees the components themselves. */
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}
