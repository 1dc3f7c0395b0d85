import { ingot } from 'ingot/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [ingot()] })
