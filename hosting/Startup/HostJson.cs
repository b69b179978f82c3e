using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Startup;

/// <summary>host.json and local.settings.json, read from <c>AzureWebJobsScriptRoot</c> or else from beside the app.</summary>
internal static class HostJson
{
    /// <summary>The section under which host.json is found; the official host lets environment variables override it there, too.</summary>
    public const string Section = "AzureFunctionsJobHost";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static string Directory => Environment.GetEnvironmentVariable("AzureWebJobsScriptRoot") ?? AppContext.BaseDirectory;

    public static void Add(ConfigurationManager configuration, string directory)
    {
        if (Read(directory, "host.json") is not { } document)
            return;

        using (document)
        {
            var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            Flatten(document.RootElement, Section, settings);
            configuration.AddInMemoryCollection(settings);
        }
    }

    /// <summary>Turns the local settings into environment variables; those that are set already win.</summary>
    public static void ApplyLocalSettings(string directory)
    {
        if (Read(directory, "local.settings.json") is not { } document)
            return;

        using (document)
        {
            if (!document.RootElement.TryGetProperty("Values", out var values))
                return;

            foreach (var value in values.EnumerateObject())
            {
                if (Environment.GetEnvironmentVariable(value.Name) is null)
                    Environment.SetEnvironmentVariable(value.Name, value.Value.ToString());
            }
        }
    }

    private static JsonDocument? Read(string directory, string name)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
            return null;

        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{path} is not valid JSON: {e.Message}", e);
        }
    }

    private static void Flatten(JsonElement element, string key, Dictionary<string, string?> settings)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
                Flatten(property.Value, $"{key}:{property.Name}", settings);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
                Flatten(item, $"{key}:{index++}", settings);
        }
        else
        {
            settings[key] = element.ToString();
        }
    }
}
