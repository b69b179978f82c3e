using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>
/// Makes a free username from a name that was given for something else (a provider's login, the local part of an e-mail): foreign characters become <c>-</c>, and
/// <c>-2</c>, <c>-3</c>, … is added until it has three characters and nobody has it.
/// </summary>
public sealed class UsernameDerivation(PlatformDbContext db)
{
    private const int MinLength = 3;
    private const int MaxLength = AccountNames.MaxUsername;
    private const int FirstBatch = 16;

    /// <summary>From the local part of an e-mail address.</summary>
    public Task<string> FreeOfAsync(string email, CancellationToken ct) => FreeAsync(email.Split('@')[0], ct);

    /// <summary>The address itself where it is short enough for a username, else one made from its local part.</summary>
    public async Task<string> AddressOrFreeAsync(string email, CancellationToken ct) => email.Length <= MaxLength ? email : await FreeOfAsync(email, ct);

    /// <summary>Free at this moment; who makes the account may still lose it to somebody else and asks again.</summary>
    public async Task<string> FreeAsync(string source, CancellationToken ct)
    {
        var name = Clean(source);
        for (var (first, size) = (1, FirstBatch); ; (first, size) = (first + size, size * 2))
        {
            var candidates = Enumerable.Range(first, size).Select(number => Candidate(name, number)).Where(candidate => candidate.Length >= MinLength).ToList();
            var keys = candidates.ConvertAll(User.Key);
            var taken = await db.Users.Where(user => keys.Contains(user.UsernameKey)).Select(user => user.UsernameKey).ToListAsync(ct);
            if (candidates.Find(candidate => !taken.Contains(User.Key(candidate), StringComparer.Ordinal)) is { } free)
                return free;
        }
    }

    // A username with @ in it must be its owner's e-mail, so none is made up.
    private static string Clean(string source)
    {
        var name = string.Concat(source.Trim().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-' or '+' ? letter : '-'));
        return name.Length > 0 ? name : "user";
    }

    private static string Candidate(string name, int number)
    {
        var suffix = number == 1 ? "" : $"-{number}";
        return name[..Math.Min(name.Length, MaxLength - suffix.Length)] + suffix;
    }
}
