import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'conformance/**/*.test.ts', 'bench/**/*.test.ts'],
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: './tsconfig.types.json',
      // Errors elsewhere belong to the step that checks the types of everything.
      ignoreSourceErrors: true,
    },
    // Machines that run tests are busy; a limit is there to end what hangs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make one another late.
    maxWorkers: 2,
  },
})
