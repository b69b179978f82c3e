using Platform.Organizations;

namespace Platform.Functions.Events;

/// <summary>Tells whether the credential with which a stream was opened still opens it; looked at every few seconds while the stream lasts.</summary>
public sealed class StreamAccess(SessionDirectory sessions, TokenDirectory tokens, AccessDirectory access, TimeProvider clock)
{
    /// <summary>A stream whose session has ended closes within twice this time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public async ValueTask<bool> IsOpenAsync(ApiRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (request.Token is { } token)
            return await tokens.ContinuesAsync(token.Key, ct);
        if (request.Session is not { } opened)
            return true;
        if (now >= request.CredentialExpiresAt)
            return false;
        return await sessions.FindAsync(opened.ByBearer.SessionId!.Value, ct) is { } current && current.Continues(opened, now) && await IsMemberAsync(request.Caller, ct);
    }

    // The session may have moved on to another organization; the stream is of the one in which it was opened.
    private async ValueTask<bool> IsMemberAsync(Caller caller, CancellationToken ct) =>
        caller is not { UserId: { } userId, OrganizationId: { } organizationId, Access.Role: not null } || (await access.FindAsync(userId, organizationId, ct)).Role is not null;
}
