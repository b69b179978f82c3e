using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;

using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Platform.Data;

/// <summary>JSON columns: <c>jsonb</c> on PostgreSQL, TEXT on SQLite.</summary>
public static class JsonColumn
{
    internal const string Annotation = "Platform:Json";

    /// <summary>How rows and events are written: snake_case, enum words, no escapes beyond what JSON demands.</summary>
    public static readonly JsonSerializerOptions Options = CreateOptions();

    /// <summary>
    /// Stores the value as JSON. The value counts as immutable: replace it to change it, a change inside is not noticed.
    /// </summary>
    public static PropertyBuilder<T> HasJsonConversion<T>(this PropertyBuilder<T> property)
    {
        property.HasConversion(new JsonValueConverter<T>(), new JsonValueComparer<T>());
        property.Metadata.SetAnnotation(Annotation, true);
        return property;
    }

    /// <summary>A string property that holds JSON text. PostgreSQL normalises it (blanks, order of members).</summary>
    public static PropertyBuilder<string> HasJsonText(this PropertyBuilder<string> property)
    {
        property.Metadata.SetAnnotation(Annotation, true);
        return property;
    }

    /// <inheritdoc cref="HasJsonText(PropertyBuilder{string})"/>
    public static PropertyBuilder<string?> HasOptionalJsonText(this PropertyBuilder<string?> property)
    {
        property.Metadata.SetAnnotation(Annotation, true);
        return property;
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class JsonValueConverter<T>() : ValueConverter<T, string>(v => JsonSerializer.Serialize(v, Options), v => JsonSerializer.Deserialize<T>(v, Options)!);

    private sealed class JsonValueComparer<T>() : ValueComparer<T>((a, b) => Same(a, b), v => v == null ? 0 : 1, v => v)
    {
        private static bool Same([AllowNull] T left, [AllowNull] T right) =>
            ReferenceEquals(left, right) || JsonSerializer.Serialize(left, Options) == JsonSerializer.Serialize(right, Options);
    }
}
