import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'conformance/**/*.test.ts', 'bench/**/*.test.ts'],
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: './tsconfig.test.json',
      // Errors elsewhere belong to the step that checks the types of everything.
      ignoreSourceErrors: true,
    },
    // Two cores: more workers only make one another late.
    maxWorkers: 2,
  },
})
