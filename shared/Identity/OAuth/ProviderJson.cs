using System.Text.Json;

namespace Platform.Identity.OAuth;

/// <summary>Reads what providers answer: members that are absent, of another type or beyond their bound count as absent.</summary>
internal static class ProviderJson
{
    private const int MaxName = 100;
    private const int MaxEmail = 254;
    private const int MaxToken = 8192;
    private static readonly EmailFormAttribute EmailForm = new();

    public static string? Text(this JsonElement json, string name, int maxLength = 255) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
        && member.GetString() is { Length: > 0 } text && text.Length <= maxLength && !text.Any(char.IsControl)
            ? text
            : null;

    public static bool Flag(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.True;

    /// <summary>The answer of a token endpoint; a good status with <c>error</c> in it is a refusal.</summary>
    public static ProviderTokens? Tokens(this JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.TryGetProperty("error", out _) || json.Text("access_token", MaxToken) is not { } access)
            return null;
        TimeSpan? life = json.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var count) && count > 0
            ? TimeSpan.FromSeconds(count)
            : null;
        return new ProviderTokens(access, json.Text("refresh_token", MaxToken), json.Text("scope", 1000), life);
    }

    /// <summary>A display name, cut to 100 characters.</summary>
    public static string? DisplayName(this JsonElement json, string name) =>
        json.Text(name, 1000)?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, MaxName)].Trim() : null;

    public static string? Email(this JsonElement json, string name) => json.Text(name, MaxEmail) is { } text && EmailForm.IsValid(text) ? text : null;

    public static string? Address(this JsonElement json, string name) => json.Text(name, 2048) is { } text && WebAddress.IsValid(text) ? text : null;
}
