import * as z from 'zod'

/** A JSON Schema of the dialect that OpenAPI 3.1 uses. */
export type JsonSchema = Record<string, unknown>

/** Converts a Zod schema to JSON Schema, as what comes in or what goes out. */
export type Convert = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema

/**
 * Returns a converter, and the components that its results refer to: the schemas that have an `id` in their metadata. A
 * schema that transforms its input can describe that input itself, by its metadata `openapi`.
 */
export function schemaComponents(): { schemas: Record<string, JsonSchema>; convert: Convert } {
  const schemas: Record<string, JsonSchema> = {}
  const convert: Convert = (schema, io) => {
    // Zod names components only below the root.
    const { properties = {}, $defs } = z.toJSONSchema(z.object({ it: schema }), {
      io,
      unrepresentable: 'any',
      override: (part) => adapt(part, io),
    })
    Object.assign(schemas, $defs)
    return properties.it as JsonSchema
  }
  return { schemas, convert }
}

type Part = { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }

function adapt({ zodSchema, jsonSchema }: Part, io: 'input' | 'output'): void {
  const { openapi, description, examples } = z.globalRegistry.get(zodSchema) ?? {}
  if (openapi) {
    for (const key in jsonSchema) delete jsonSchema[key]
    Object.assign(jsonSchema, openapi, description && { description })
  }
  // Zod leaves out the examples of what is transformed; ours are what callers send.
  if (examples) jsonSchema.examples = examples as unknown[]
  // A later version may respond with further fields, which must not break strict clients.
  if (io === 'output') delete jsonSchema.additionalProperties
}
