using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.Audit;

/// <summary>
/// The ends of one hash chain: of an organization, or of the platform (empty id). The anchor is the last entry that retention removed, so the entries that must
/// be there are those after <see cref="AnchorSequence"/> up to <see cref="Sequence"/>. The row is the lock of whoever lengthens or shortens the chain.
/// </summary>
[PlatformScoped]
public sealed class AuditChain
{
    /// <summary>Stands where the hash of an entry before the first would.</summary>
    public static readonly string Origin = new('0', 64);

    public required Guid Id { get; init; }

    /// <summary>Of the newest entry; 0 before the first.</summary>
    public long Sequence { get; private set; }

    /// <summary>Of the newest entry.</summary>
    public string Hash { get; private set; } = Origin;

    /// <summary>Of the newest entry that retention removed; 0 while none was.</summary>
    public long AnchorSequence { get; private set; }

    public string AnchorHash { get; private set; } = Origin;

    /// <summary>Gives the entry its place behind the newest one.</summary>
    public void Append(AuditEntry entry)
    {
        entry.Link(Sequence + 1, Hash);
        (Sequence, Hash) = (entry.Sequence!.Value, entry.Hash!);
    }

    /// <summary>Notes that retention removes all entries up to this one.</summary>
    public void Anchor(long sequence, string hash) => (AnchorSequence, AnchorHash) = (sequence, hash);
}

internal sealed class AuditChainConfiguration : IEntityTypeConfiguration<AuditChain>
{
    public void Configure(EntityTypeBuilder<AuditChain> builder) => builder.ToTable("audit_chains").HasKey(chain => chain.Id);
}
