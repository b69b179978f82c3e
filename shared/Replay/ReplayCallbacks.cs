using Platform.Identity;
using Platform.Outbound;
using Platform.Secrets;

namespace Platform.Replay;

/// <summary>A callback's address as a session keeps it.</summary>
/// <param name="Shown">Scheme, host and the last characters.</param>
public sealed record SealedCallback(string? Text, Guid? OrganizationId, string? Shown)
{
    public static SealedCallback None { get; } = new(null, null, null);
}

/// <summary>Checks and seals addresses of callbacks: an address may hold a secret.</summary>
public sealed class ReplayCallbacks(OutboundGuard guard, ISecretBox secrets, Caller caller)
{
    public async Task<Result<SealedCallback>> SealAsync(Guid sessionId, string? address, CancellationToken ct)
    {
        if (address is null)
            return SealedCallback.None;
        var checkedUri = await guard.CheckAsync(address, CallbackSink.Policy, ct);
        if (!checkedUri.IsOk)
            return ReplayErrors.CallbackRefused(checkedUri.Error);
        var organization = caller.OrganizationId!.Value;
        var text = await secrets.SealAsync(organization, ReplaySession.PlaceOf(sessionId), address, ct);
        return new SealedCallback(text, organization, MaskedUrl.Of(checkedUri.Value));
    }
}
