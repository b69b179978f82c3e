namespace Platform.Agents;

/// <summary>Whose keys an agent takes, the preferred provider first (agents.md §11.1).</summary>
public static class AgentProviders
{
    public const string Builtin = "builtin";
    public const string Copilot = "copilot";

    private const string Opencode = "opencode";

    private static readonly Dictionary<string, KeyProvider[]> Orders = new(StringComparer.Ordinal)
    {
        [Builtin] = [KeyProvider.Openai, KeyProvider.Aigateway],
        ["claude"] = [KeyProvider.Aigateway, KeyProvider.Anthropic],
        ["codex"] = [KeyProvider.Aigateway, KeyProvider.Openai],
        [Copilot] = [],   // works with the user's GitHub account
        ["cursor"] = [KeyProvider.Cursor],
        ["gemini"] = [KeyProvider.Gemini],
        [Opencode] = [KeyProvider.Openai, KeyProvider.Anthropic],
    };

    /// <summary>Null for an unknown agent.</summary>
    public static IReadOnlyList<KeyProvider>? Of(string agent, string? model) =>
        agent == Opencode && model is not null && OfModel(model) is { } order ? order : Orders.GetValueOrDefault(agent);

    private static KeyProvider[]? OfModel(string model)
    {
        if (Names(model, "claude", "sonnet", "opus"))
            return [KeyProvider.Anthropic];
        if (Names(model, "gemini"))
            return [KeyProvider.Gemini];
        return Names(model, "gpt", "openai") ? [KeyProvider.Aigateway, KeyProvider.Openai] : null;
    }

    private static bool Names(string model, params string[] words) => Array.Exists(words, word => model.Contains(word, StringComparison.OrdinalIgnoreCase));
}
