using Microsoft.EntityFrameworkCore;
using Platform.Variables;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Variable> Variables => Set<Variable>();
}
