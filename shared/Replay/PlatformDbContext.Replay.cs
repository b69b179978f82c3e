using Microsoft.EntityFrameworkCore;
using Platform.Replay;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<ReplaySession> ReplaySessions => Set<ReplaySession>();

    public DbSet<ReplayFilePart> ReplayFileParts => Set<ReplayFilePart>();
}
