using Microsoft.EntityFrameworkCore;
using Platform.Identity;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();

    public DbSet<AccessTokenProject> AccessTokenProjects => Set<AccessTokenProject>();

    public DbSet<TokenUsageDay> TokenUsageDays => Set<TokenUsageDay>();

    public DbSet<TokenLatencyDay> TokenLatencyDays => Set<TokenLatencyDay>();
}
