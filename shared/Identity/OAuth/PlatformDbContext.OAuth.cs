using Microsoft.EntityFrameworkCore;
using Platform.Identity.OAuth;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<LinkedIdentity> LinkedIdentities => Set<LinkedIdentity>();

    public DbSet<OAuthFlow> OAuthFlows => Set<OAuthFlow>();
}
