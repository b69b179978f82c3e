namespace Platform.Identity;

/// <summary>Tells whether a key of a job is good.</summary>
public sealed class JobKeyVerifier(TokenDirectory directory, TimeProvider clock)
{
    public async ValueTask<Result<TokenSnapshot>> VerifyAsync(string key, CancellationToken ct)
    {
        if (!TokenSecret.IsWellFormed(key) || TokenHash.Of(key) is var hash && await directory.FindAsync(hash, ct) is not { Kind: TokenKind.Job } found)
            return JobKeyErrors.Invalid;
        var now = clock.GetUtcNow();
        if (found.Accepts(hash, now))
            return found;
        return found.IsExpired(now) ? JobKeyErrors.Expired : JobKeyErrors.Invalid;
    }
}
