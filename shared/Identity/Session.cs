using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Identity;

public enum SignInMethod
{
    Password,
    Github,
    Vercel,
}

/// <summary>
/// A signed-in browser or client. Its id is the <c>sid</c> of the JWT; a JWT is good while the row is not revoked, its <c>ver</c> equals the row's, and neither
/// end is reached. Active organization and project live here only.
/// </summary>
[PlatformScoped]
public sealed class Session
{
    private Session()
    {
    }

    public Guid Id { get; private init; }

    /// <summary>Whom it acts for: who signed in, or whom an operator impersonates with it (<see cref="Impersonation"/>).</summary>
    public Guid UserId { get; private set; }

    /// <summary>Raised to make older JWTs of the session worthless.</summary>
    public int Ver { get; private set; }

    /// <summary>SHA-256 of the CSRF token, hex.</summary>
    public string CsrfHash { get; private set; } = "";

    public SignInMethod Method { get; private init; }

    public Guid ActiveOrganizationId { get; private set; }

    public Guid ActiveProjectId { get; private set; }

    /// <summary>False: the cookies end with the browser.</summary>
    public bool Persistent { get; private init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset LastSeenAt { get; private set; }

    /// <summary>The absolute end, whatever activity there is.</summary>
    public DateTimeOffset ExpiresAt { get; private init; }

    public DateTimeOffset? RevokedAt { get; private set; }

    public string? IpAddress { get; private init; }

    public string? UserAgent { get; private init; }

    public static Session Open(Guid userId, Guid organizationId, Guid projectId, SessionOpening opening) => new()
    {
        Id = Guid.CreateVersion7(opening.Now),
        UserId = userId,
        Ver = 1,
        CsrfHash = HashCsrf(opening.CsrfToken),
        Method = opening.Method,
        ActiveOrganizationId = organizationId,
        ActiveProjectId = projectId,
        Persistent = opening.Persistent,
        CreatedAt = opening.Now,
        LastSeenAt = opening.Now,
        ExpiresAt = opening.Now + opening.Life,
        IpAddress = opening.IpAddress,
        UserAgent = opening.UserAgent,
    };

    public static string HashCsrf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Makes every JWT and CSRF token that was given out for the session worthless.</summary>
    public void Renew(string csrfToken)
    {
        Ver++;
        CsrfHash = HashCsrf(csrfToken);
    }

    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;

    /// <summary>Makes it a session of somebody else; its credentials are to be renewed with it.</summary>
    internal void HandTo(Guid userId, Guid organizationId, Guid projectId) =>
        (UserId, ActiveOrganizationId, ActiveProjectId) = (userId, organizationId, projectId);
}

/// <summary>How a session begins.</summary>
public sealed record SessionOpening(string CsrfToken, SignInMethod Method, bool Persistent, TimeSpan Life, DateTimeOffset Now, string? IpAddress, string? UserAgent);
