using 'main.bicep'

param environmentName = 'prod'
param adminEmail = readEnvironmentVariable('PLATFORM_ADMIN_EMAIL')
param publicUrl = readEnvironmentVariable('PLATFORM_PUBLIC_URL', '')
param databaseAdministrator = {
  objectId: readEnvironmentVariable('DATABASE_ADMIN_OBJECT_ID')
  name: readEnvironmentVariable('DATABASE_ADMIN_NAME')
  type: 'Group'
}
param keyVaultOfficerObjectId = readEnvironmentVariable('KEY_VAULT_OFFICER_OBJECT_ID', '')
param privateNetworking = true
param durableBackend = 'DurableTaskScheduler'
param database = {
  tier: 'GeneralPurpose'
  sku: 'Standard_D4ds_v5'
  storageGb: 128
  backupDays: 30
  geoRedundantBackup: true
  zoneRedundant: true
  poolSize: 20
}
param scale = {
  instanceMemoryMB: 2048
  maximumInstances: 80
  alwaysReady: [
    { name: 'http', instanceCount: 2 }
    { name: 'durable', instanceCount: 1 }
    { name: 'function:Timer_RelayOutbox', instanceCount: 1 }
  ]
}
param tags = { application: 'platform', environment: 'prod' }
