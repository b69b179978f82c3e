namespace Platform.Identity;

/// <summary>Lets one password check per account run at a time in this process.</summary>
public sealed class SignInTurns
{
    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task<IDisposable> TakeAsync(string key, CancellationToken ct)
    {
        var stripe = _stripes[(uint)key.GetHashCode(StringComparison.Ordinal) % (uint)_stripes.Length];
        await stripe.WaitAsync(ct);
        return new Turn(stripe);
    }

    private sealed class Turn(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
