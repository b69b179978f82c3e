using Microsoft.EntityFrameworkCore;

using Platform.DeadLetters;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<DeadLetter> DeadLetters => Set<DeadLetter>();

    public DbSet<StoredDeadLetterPolicy> StoredDeadLetterPolicies => Set<StoredDeadLetterPolicy>();
}
