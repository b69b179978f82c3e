using 'main.bicep'

param environmentName = 'dev'
param adminEmail = readEnvironmentVariable('PLATFORM_ADMIN_EMAIL')
param databaseAdministrator = {
  objectId: readEnvironmentVariable('DATABASE_ADMIN_OBJECT_ID')
  name: readEnvironmentVariable('DATABASE_ADMIN_NAME')
  type: 'User'
}
param keyVaultOfficerObjectId = readEnvironmentVariable('DATABASE_ADMIN_OBJECT_ID')
param privateNetworking = false
param durableBackend = 'AzureStorage'
param database = {
  tier: 'Burstable'
  sku: 'Standard_B2s'
  storageGb: 32
  backupDays: 7
  geoRedundantBackup: false
  zoneRedundant: false
  poolSize: 12
}
param scale = {
  instanceMemoryMB: 2048
  maximumInstances: 40 // the smallest upper bound that the plan takes
  alwaysReady: []
}
param tags = { application: 'platform', environment: 'dev' }
