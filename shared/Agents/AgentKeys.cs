using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Agents;

/// <summary>Answers whether an agent would have a key.</summary>
public sealed class AgentKeys(ProviderKeys keys, LinkedIdentities identities, IOptions<AgentOptions> options)
{
    public async Task<Result<KeyCheck>> CheckAsync(string? agent, string? model, Guid userId, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(agent))
            return AgentErrors.AgentRequired;
        if (AgentProviders.Of(agent, model) is not { } order)
            return AgentErrors.AgentUnknown;
        var name = char.ToUpperInvariant(agent[0]) + agent[1..];
        if (agent == AgentProviders.Copilot)
        {
            var connected = await identities.IsUsableAsync(userId, IdentityProvider.Github, ct);
            return new KeyCheck(true, connected, "github", name, connected ? KeySource.User : null);
        }

        foreach (var provider in order)
        {
            if (await keys.ResolveAsync(userId, provider, ct) is { } key)
                return new KeyCheck(true, true, EnumWords<KeyProvider>.ToWord(provider), name, key.Source);
        }

        return agent == AgentProviders.Builtin && options.Value.Builtin.BaseUrl is not null
            ? new KeyCheck(true, true, "platform", name, KeySource.Platform)
            : new KeyCheck(true, false, EnumWords<KeyProvider>.ToWord(order[0]), name, null);
    }
}
