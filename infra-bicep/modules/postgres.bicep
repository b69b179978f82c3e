import { Database, DatabaseAdministrator, NetworkAccess } from '../types.bicep'

param name string
param location string
param tags object
param administrator DatabaseAdministrator
param settings Database
param network NetworkAccess?

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: settings.sku, tier: settings.tier }
  properties: {
    version: '17'
    createMode: 'Default'
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled', tenantId: tenant().tenantId }
    storage: { storageSizeGB: settings.storageGb, autoGrow: 'Enabled' }
    backup: {
      backupRetentionDays: settings.backupDays
      geoRedundantBackup: settings.geoRedundantBackup ? 'Enabled' : 'Disabled'
    }
    highAvailability: { mode: settings.zoneRedundant ? 'ZoneRedundant' : 'Disabled' }
    network: { publicNetworkAccess: network == null ? 'Enabled' : 'Disabled' }
  }

  resource database 'databases' = {
    name: 'platform'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }

  resource owner 'administrators' = {
    name: administrator.objectId
    properties: { principalName: administrator.name, principalType: administrator.type, tenantId: tenant().tenantId }
    dependsOn: [database] // the server takes one change at a time
  }

  // Without a network of its own the app has changing addresses: the rule admits Azure's, and Entra decides who gets in.
  resource azureAddresses 'firewallRules' = if (network == null) {
    name: 'azure-services'
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
    dependsOn: [owner]
  }
}

module endpoint 'private-endpoint.bicep' = if (network != null) {
  params: {
    resourceId: server.id
    resourceName: name
    service: 'postgresqlServer'
    location: location
    tags: tags
    network: network!
  }
  dependsOn: [server::owner]
}

output hostName string = server.properties.fullyQualifiedDomainName
output databaseName string = server::database.name
