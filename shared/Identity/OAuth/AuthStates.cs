using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>The signed-in user and how his session was opened; both null when nobody is signed in.</summary>
public sealed record AuthState(AuthUser? User, SignInMethod? AuthProvider)
{
    /// <summary>The operator who acts as the user in this session.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? ImpersonatedBy { get; init; }
}

public sealed record AuthUser(Guid Id, string Username, string? Email, string Name, string? Avatar);

/// <summary>A user's GitHub account; only <c>connected</c> when there is none.</summary>
public sealed record GitHubStatus(bool Connected)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>GitHub has to be connected again before it can be used.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? NeedsReauth { get; init; }
}

/// <summary>Says who is signed in, and with what.</summary>
public sealed class AuthStates(PlatformDbContext db, LinkedIdentities identities, ProfileRefresh refresh)
{
    public async Task<AuthState> ReadAsync(Caller caller, CancellationToken ct)
    {
        if (caller.UserId is not { } userId)
            return new AuthState(null, null);
        var method = await db.Sessions.Where(session => session.Id == caller.SessionId).Select(session => (SignInMethod?)session.Method).SingleOrDefaultAsync(ct);
        if (method == SignInMethod.Vercel)
            await refresh.RunAsync(userId, IdentityProvider.Vercel, ct);
        var user = await db.Users.Where(found => found.Id == userId)
            .Select(found => new AuthUser(found.Id, found.Username, found.Email, found.DisplayName, found.AvatarUrl)).SingleAsync(ct);
        return new AuthState(user, method) { ImpersonatedBy = caller.ImpersonatorId };
    }

    public async Task<GitHubStatus> ReadGitHubAsync(Caller caller, CancellationToken ct) =>
        caller.UserId is { } userId && await identities.FindAsync(userId, IdentityProvider.Github, ct) is { } identity
            ? new GitHubStatus(true) { Username = identity.Username, ConnectedAt = identity.CreatedAt, NeedsReauth = identity.NeedsReauth }
            : new GitHubStatus(false);
}
