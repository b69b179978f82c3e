using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

public sealed class ContainerRulesTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Services_ThatAreRegistered_Resolve(Db db)
    {
        ServiceDescriptor[] registered = [];
        await using var app = await PlatformApp.StartAsync(db, services => registered = [.. services]);
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var own = registered.Where(IsOurs).Select(service => (service.ServiceType, service.ServiceKey)).Distinct().ToList();

        Assert.True(own.Count > 50);
        Violations.None(own.Select(service => FailureOf(scope.ServiceProvider, service.ServiceType, service.ServiceKey)).OfType<string>());
    }

    /// <summary>A singleton that keeps something of one request would show one caller's data to another.</summary>
    [Fact]
    public async Task Singletons_KeepNothingOfAScope()
    {
        ServiceDescriptor[] registered = [];
        await using var app = await PlatformApp.StartAsync(configure: services => registered = [.. services]);
        Assert.NotEmpty(registered);
        var failures = new List<string>();
        try
        {
            IServiceCollection services = new ServiceCollection();
            foreach (var descriptor in registered)
                services.Add(descriptor);
            await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        }
        catch (AggregateException e)
        {
            failures.AddRange(e.InnerExceptions.Select(inner => inner.Message));
        }

        Violations.None(failures);
    }

    private static bool IsOurs(ServiceDescriptor service) =>
        !service.ServiceType.ContainsGenericParameters
        && (IsOurs(service.ServiceType) || (service.ServiceType == typeof(IHostedService) && service.ServiceKey is null));

    private static bool IsOurs(Type type) =>
        ProductTypes.App.Contains(type.Assembly) || type.Assembly == ProductTypes.Host || type.GenericTypeArguments.Any(IsOurs);

    private static string? FailureOf(IServiceProvider services, Type type, object? key)
    {
        try
        {
            _ = key is null ? services.GetServices(type).Count() : services.GetKeyedServices(type, key).Count();
            return null;
        }
        catch (Exception e)
        {
            return $"{type}: {e.Message}";
        }
    }
}
