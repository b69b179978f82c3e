namespace Platform.Audit;

/// <summary>What the check of one chain found. <paramref name="Findings"/> names at most <see cref="Named"/> of <paramref name="Problems"/>.</summary>
/// <param name="Id">The organization, or empty for the platform.</param>
/// <param name="Entries">How many entries were recomputed.</param>
/// <param name="Sequence">Of the chain's end.</param>
public sealed record ChainReport(Guid Id, long Entries, long Sequence, string Hash, long Problems, IReadOnlyList<string> Findings)
{
    public const int Named = 100;
}
