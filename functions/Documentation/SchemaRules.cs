using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.OpenApi;

namespace Platform.Functions.Documentation;

/// <summary>The annotations of request records in the words of JSON Schema.</summary>
internal static class SchemaRules
{
    public static void Apply(ValidationAttribute rule, OpenApiSchema schema)
    {
        switch (rule)
        {
            case StringLengthAttribute length:
                schema.MaxLength = length.MaximumLength;
                schema.MinLength = length.MinimumLength > 0 ? length.MinimumLength : null;
                break;
            case MaxLengthAttribute maximum when schema.Type == JsonSchemaType.Array:
                schema.MaxItems = maximum.Length;
                break;
            case MaxLengthAttribute maximum when schema.Type == JsonSchemaType.Object:
                schema.MaxProperties = maximum.Length;
                break;
            case MaxLengthAttribute maximum:
                schema.MaxLength = maximum.Length;
                break;
            case MinLengthAttribute minimum when schema.Type == JsonSchemaType.Array:
                schema.MinItems = minimum.Length;
                break;
            case MinLengthAttribute minimum:
                schema.MinLength = minimum.Length;
                break;
            case RangeAttribute range:
                schema.Minimum = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
                schema.Maximum = Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
                break;
            case RegularExpressionAttribute expression:
                schema.Pattern = $"^(?:{expression.Pattern})$";
                break;
            case EmailAddressAttribute:
                schema.Format = "email";
                break;
            case UrlAttribute:
                schema.Format = "uri";
                break;
        }
    }
}
