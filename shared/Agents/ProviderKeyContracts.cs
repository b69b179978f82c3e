using System.ComponentModel.DataAnnotations;

namespace Platform.Agents;

/// <summary>A key to keep, in place of an earlier one of the provider.</summary>
/// <param name="Provider"><c>openai</c>, <c>gemini</c>, <c>cursor</c>, <c>anthropic</c> or <c>aigateway</c>.</param>
/// <param name="ApiKey">8 to 4096 printable characters without blanks; never shown again.</param>
public sealed record SaveProviderKey([property: StringLength(64)] string? Provider, [property: StringLength(8192)] string? ApiKey);

/// <summary>That there is a key; its value never leaves.</summary>
public sealed record ProviderKeyView(KeyProvider Provider, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record ProviderKeyList(bool Success, IReadOnlyList<ProviderKeyView> ApiKeys);

public enum KeySource
{
    User,
    Platform,
}

/// <summary>Whether an agent would have a key to work with, and whose.</summary>
/// <param name="Provider">The first one that has a key, else the first that the agent would take.</param>
public sealed record KeyCheck(bool Success, bool HasKey, string Provider, string AgentName, KeySource? Source);
