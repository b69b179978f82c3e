using Microsoft.EntityFrameworkCore;
using Platform.UserFunctions;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<UserFunction> UserFunctions => Set<UserFunction>();

    public DbSet<FunctionVersion> FunctionVersions => Set<FunctionVersion>();

    public DbSet<FunctionDeployment> FunctionDeployments => Set<FunctionDeployment>();

    public DbSet<FunctionInvocation> FunctionInvocations => Set<FunctionInvocation>();
}
