@export()
type DatabaseAdministrator = {
  objectId: string
  @description('User principal name, group name or application name, as Entra shows it.')
  name: string
  type: 'User' | 'Group' | 'ServicePrincipal'
}

@export()
type Database = {
  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'
  @description('A compute size of the tier, such as Standard_B2s.')
  sku: string
  storageGb: int
  backupDays: int
  geoRedundantBackup: bool
  @description('A standby in another zone; not in the Burstable tier.')
  zoneRedundant: bool
  @description('Connections that one instance of the app opens at most; times the instances it stays below max_connections of the compute size.')
  poolSize: int
}

@export()
type Scale = {
  instanceMemoryMB: 512 | 2048 | 4096
  maximumInstances: int
  @description('Instances that never go away, by scaling group: http, durable, or function:NAME for a timer or Service Bus function.')
  alwaysReady: { name: string, instanceCount: int }[]
}

@export()
type Identity = {
  id: string
  name: string
  clientId: string
  principalId: string
}

@export()
@description('How a resource is reached when it has no public address.')
type NetworkAccess = {
  endpointSubnetId: string
  zoneIds: object
}
