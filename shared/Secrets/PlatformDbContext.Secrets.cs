using Microsoft.EntityFrameworkCore;
using Platform.Secrets;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<DataKey> DataKeys => Set<DataKey>();
}
